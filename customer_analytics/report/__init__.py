"""The report: a static site in English and Chinese, written from the published marts.

A chapter is one template and one query file in chapters/; its sentences stand in texts/.
"""
