"""What a layer is, where it is kept and what can be asked of a plan.

Knows nothing of HTTP or drawing; stands on :mod:`geo`.
"""
