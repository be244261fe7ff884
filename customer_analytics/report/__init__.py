"""The report: a static site in English and Chinese, generated from the published marts.

Each chapter is a template and a query file in chapters/; its sentences are in texts/.
"""
