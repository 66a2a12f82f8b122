"""Test sets in the formats they are published in."""

import bz2
import io

import pytest

from word2vec.errors import FormatError, ParameterTypeError
from word2vec.evaluation import AnalogySet, PairSet, read_set

PAIRS = (("king", "queen", 8.5), ("stock", "egg", 1.81))
FORMATS = {
    "tab": "king\tqueen\t8.5\nstock\tegg\t1.81\n",
    "comma and header": "Word 1,Word 2,Human (mean)\nking,queen,8.5\nstock,egg,1.81\n",
    "semicolon": "king;queen;8.5\nstock;egg;1.81\n",
    "spaces, RG65 and MEN": "king queen 8.5\nstock    egg   1.81\n",
    "carriage returns, comments, empty lines": (
        "# set\r\n\r\nking\tqueen\t8.5\r\n# more\r\nstock\tegg\t1.81\r\n"
    ),
    "byte order mark": "\ufeffword1\tword2\tscore\nking\tqueen\t8.5\nstock\tegg\t1.81\n",
    "SimLex-999": (
        "word1\tword2\tPOS\tSimLex999\tconc(w1)\tSD(SimLex)\n"
        "king\tqueen\tN\t8.5\t2.72\t0.41\nstock\tegg\tN\t1.81\t4\t1.2\n"
    ),
    "SimVerb-3500": "king\tqueen\tV\t8.5\tNONE\nstock\tegg\tV\t1.81\tANTONYMS\n",
    "raters in columns": (
        "Word 1,Word 2,Human (mean),1,2\nking,queen,8.5,9,8\nstock,egg,1.81,2,1.6\n"
    ),
    "quotes": '"king","queen","8.5"\n"stock","egg","1.81"\n',
}


def written(folder, text, name="set.txt"):
    path = folder / name
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("kind", FORMATS)
def test_pairs_of_every_format(kind, tmp_path):
    assert read_set(written(tmp_path, FORMATS[kind])) == PairSet("set", PAIRS)


def test_words_with_spaces_between_tabs(tmp_path):
    path = written(tmp_path, "New York\tice cream\t2\nLos Angeles\tcity\t7\n")
    assert read_set(path).pairs[0] == ("New York", "ice cream", 2.0)


def test_words_with_commas_between_quotes(tmp_path):
    path = written(tmp_path, '"a,b",c,2\nd,e,3\n')
    assert read_set(path).pairs == (("a,b", "c", 2.0), ("d", "e", 3.0))


@pytest.mark.parametrize("score", ["conc(w1)", 4])
def test_the_column_of_the_judgements_can_be_chosen(score, tmp_path):
    path = written(tmp_path, FORMATS["SimLex-999"])
    assert [pair[2] for pair in read_set(path, score=score).pairs] == [2.72, 4.0]


def test_files_may_be_compressed_or_open(tmp_path):
    (tmp_path / "men.txt.bz2").write_bytes(bz2.compress(FORMATS["tab"].encode()))
    assert read_set(tmp_path / "men.txt.bz2") == PairSet("men", PAIRS)
    assert read_set(io.BytesIO(FORMATS["tab"].encode()), name="mine") == PairSet("mine", PAIRS)


def test_analogies_with_and_without_sections(tmp_path):
    sections = ": family\nking queen man woman\n: empty\n: capital of\nParis France Rome Italy\n"
    assert read_set(written(tmp_path, sections)) == AnalogySet(
        "set",
        {
            "family": [("king", "queen", "man", "woman")],
            "empty": [],
            "capital of": [("Paris", "France", "Rome", "Italy")],
        },
    )
    for text in ("a b c d\ne f g h\n", "a,b,c,d\ne,f,g,h\n", "a\tb\tc\td\ne\tf\tg\th\n"):
        found = read_set(written(tmp_path, text))
        assert found == AnalogySet("set", {"set": [("a", "b", "c", "d"), ("e", "f", "g", "h")]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no lines"),
        ("# only\n\n", "has no lines"),
        ("king queen 8\nstock egg\nx y nan\n", r"2 of 3 lines .*column 2.*line 2: 'stock egg'"),
        ("king\tqueen\t8\n\tegg\t1\n", "1 of 2 lines"),
        ("just some prose\nof three words\n", "holds neither pairs .* nor analogies"),
        ("word1\tword2\tscore\n", "holds neither pairs"),
        (": family\nking queen man\n", "line 2: 'king queen man' is not a question"),
        (": family\n", "holds no question"),
    ],
)
def test_what_is_no_set_is_named(text, message, tmp_path):
    with pytest.raises(FormatError, match=message):
        read_set(written(tmp_path, text))


def test_text_of_another_encoding_is_named(tmp_path):
    (tmp_path / "set.txt").write_bytes("Köln\tBonn\t3\n".encode("latin-1"))
    with pytest.raises(FormatError, match=r"set\.txt is not UTF-8"):
        read_set(tmp_path / "set.txt")


def test_a_missing_column_is_named(tmp_path):
    path = written(tmp_path, FORMATS["SimLex-999"])
    with pytest.raises(FormatError, match="no column 'mean'; there are: 'word1', 'word2', 'POS'"):
        read_set(path, score="mean")
    with pytest.raises(FormatError, match="there are: none, it has no header"):
        read_set(written(tmp_path, FORMATS["tab"]), score="mean")
    with pytest.raises(FormatError, match="are not two words and, in column 9"):
        read_set(path, score=9)
    for score in (-1, True, 1.5):
        with pytest.raises(ParameterTypeError, match="name of a column or its number"):
            read_set(path, score=score)


def test_sets_of_nothing_are_refused():
    with pytest.raises(FormatError, match="'x' holds no pair"):
        PairSet("x", ())
    with pytest.raises(FormatError, match="'x' holds no question"):
        AnalogySet("x", {"section": []})
