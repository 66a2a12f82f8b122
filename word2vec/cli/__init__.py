"""The command line: one file for each group of commands, ``main`` in main.py.

A command module gives ``add(commands)``, which declares its parsers, and the
functions that run them (arguments in, exit code out). They import the library
when they run, so that ``word2vec --help`` answers at once.
"""
