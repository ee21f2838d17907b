// The recipe that is shipped with Weir: what its ancestor did with Spark, on real rows.

export const sampleRecipe = {
	name: 'moving average',
	/** The sample it reads, by its id. */
	sample: 'stocks',
	text: `# Smooths monthly prices: for each company, the average of a price and the two before it.
description: Moving average over three rows of each company
input: stocks
output: smoothed_stocks
steps:
  # Each company's prices in order, three at a time.
  - window:
      columns:
        moving_average: avg(price)
        # Any metric over the same rows: OVER w is the window of this step.
        highest_to_lowest: max(price) OVER w / min(price) OVER w
      by: [ symbol ]
      order: [ date ]
      frame: { last: 3 }
  - derive:
      moving_average: round(moving_average, 2)
      above_average: price > moving_average
  - sort: [ symbol, date ]
`
} as const;
