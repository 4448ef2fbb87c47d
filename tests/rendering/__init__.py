"""One truth, many files: disclosures held as data, printed in every format the readers know by :mod:`synth.render`.

A truth (:mod:`rendering.final_account`, :mod:`rendering.budget`, :mod:`rendering.performance`) says what is printed
and which facts that makes. Bodies, places and amounts are invented; wording is that of the statutory forms.
"""
