"""Renderers: a disclosure as text, Markdown, web page, workbook, Word document and PDF.

They draw what :class:`synth.model.Printed` offers and know nothing of budgets. Workbooks, Word documents and PDFs
need openpyxl, python-docx and reportlab (the extra ``synth``); they are imported only where such a file is made.
"""
