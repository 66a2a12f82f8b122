"""Helpers for the tests of the command line."""

from word2vec.cli.main import main


def run(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder; gives exit code, output and errors (a fixture)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WORD2VEC_DEBUG", raising=False)

    def run_main(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run_main


def fails(result, *parts):
    """Assert a failure told in one line on standard error."""
    code, out, err = result
    assert code == 1, err
    assert out == ""
    assert err.startswith("word2vec: error: ")
    assert err.count("\n") == 1
    for part in parts:
        assert part in err
