/** The words of mos: model records, one service interface per lifecycle phase, events, errors. */
module mos.spi {}
