"""The list again: byte edits where a decided fact contradicts it, or the whole list in one uniform style.

Pure functions, no files.
"""
