"""The command line: one file for each group of commands, ``main`` in main.py.

Commands are declared with Click, by the classes of declare.py. They import the library
when they run, so that ``word2vec --help`` answers at once.
"""
