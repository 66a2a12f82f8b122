"""``python -m word2vec`` does what ``word2vec`` does."""

import sys

from word2vec.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
