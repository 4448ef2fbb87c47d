"""One truth, many files: disclosures held as data and printed in every format the readers know.

A truth (:mod:`rendering.final_account`, :mod:`rendering.budget`, :mod:`rendering.performance`) says what is printed
and which facts that makes; a renderer (:mod:`rendering.plain`, :mod:`rendering.pdf`, :mod:`rendering.office`,
:mod:`rendering.web`) prints it. Bodies, places and amounts are invented; wording is that of the statutory forms.
"""
