"""시뮬레이터: a synthetic market with saved conditions, and the server that speaks Kiwoom's wire over it.

The market half does no I/O and knows no wall clock: every price, trade and membership is a function of a seed and of
market time. `companies` says who is listed, `krx` how a price may move, `tape` what trades when, `expressions` what a
condition means, and `market` who is in which condition.
"""
