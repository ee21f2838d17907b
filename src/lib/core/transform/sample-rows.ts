// How much of an input a preview reads before somebody asks for all of it.

export const SAMPLE_ROWS = 10_000;
