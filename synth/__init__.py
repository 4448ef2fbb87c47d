"""A synthetic country (合成公开文档): disclosures of invented bodies with their truth beside them.

The truth model (:mod:`synth.books`) keeps the accounts of invented units over the years in whole 分; a dialect
(:mod:`synth.dialects`) says how a province prints them; a renderer (:mod:`synth.render`) makes a file of a given
format; damage (:mod:`synth.damage`) spoils it as real documents are spoiled. Everything follows from one seed.
"""
