"""Measures of how good labels are: pure arithmetic on numpy arrays. Knows nothing of rows.

An *outcome* is what one labeler said of a pair of responses: 1 the first is better, -1 the second,
0 a tie. Axes in names: `u` units (what is judged), `l` labelers, `v` values, `c` classes,
`m` checkpoints, `g` groups of tasks that are drawn together when an interval is estimated.
"""
