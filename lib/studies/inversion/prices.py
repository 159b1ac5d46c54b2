"""What work costs that is no simulation, in cell-steps: fixed, so that attempts do not depend on the machine.

Each price is the processor time that the work took at 64², times the simulator's speed in the same process
(3.9 · 10⁹ cell-steps a second on one core of an AMD EPYC with AVX-512): rounded, and the same everywhere.
With AVX2 alone, where simulations lose more than this work does, it takes about half of its price. A test
measures all of them on the machine that it runs on.
"""

#: For each cell of a picture: its levels and correlations, its spectrum, its resistance distances.
STATISTICS, SPECTRUM, RESISTANCE = 100, 30, 5_000

#: For each cell of the data: the residual fit with its doubts, the weak form, both sparse regressions.
RESIDUAL, WEAK, SPARSE = 7_000, 2_000, 45_000

#: Elimination, for each cell and each solution for u or a sensitivity.
ELIMINATION = 2_600

#: Kernel regression with all its lengths and ridges, for each cube of the number of patterns.
KERNEL = 8

#: A convolutional network, for each step and each cell of its batch.
CONVOLUTIONS = 340

#: A step of the mixture's learning, and a draw from it.
DENSITY, DRAW = 5_100_000, 1_500

#: A step of the surrogate's training, and one of all descents on it.
SURROGATE, DESCENT = 5_600_000, 3_000_000

#: An evaluation of a network's losses with all slopes, for each cell: once, and for each time at which the
#: network is asked. Measured: 6,500 to 7,100 with one time, 25,500 to 26,600 with six.
NETWORK, NETWORK_AT_A_TIME = 2_500, 4_000


def evaluation(size: int, times: int) -> int:
    """What an evaluation costs, for a network on size × size cells asked at so many times."""
    return size**2 * (NETWORK + NETWORK_AT_A_TIME * times)
