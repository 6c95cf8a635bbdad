"""시뮬레이터: a synthetic market with saved conditions, and the server that speaks Kiwoom's wire over it.

`market`: what is listed, when and at what price it trades, who meets which condition. No I/O, no wall clock: every
price, trade and membership is a function of a seed and of market time. `broker`: how requests are answered and changes
pushed, with all switches and faults. `serving`: that, listening, with the truth and the faults over HTTP. `recorded`: a
recorded day in place of the market. `simulator` puts the first three together.
"""
