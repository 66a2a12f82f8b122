"""Compatibility with gensim: its old names, its files, and programs that import it.

May import anything of the package; nothing of the core imports it.
"""
