// The recipe of the example of transforms: a moving average, and a metric of one's own over the same window.

export const windowRecipe = {
	name: 'moving average and a metric',
	/** The sample it reads, by its id. */
	sample: 'stocks',
	text: `# For each company, a price and the two before it: their average, and a metric that no SQL has.
description: Moving average and a metric of your own over three rows of each company
input: stocks
output: stocks_with_metric
steps:
  # Each company's prices in order, three at a time.
  - window:
      columns:
        moving_average: avg(price)
        last_prices: list(price)
      by: [ symbol ]
      order: [ date ]
      frame: { last: 3 }
  # JavaScript over each row, in a sandbox: no network, no storage, no clock.
  - javascript:
      inputs: [ last_prices ]
      outputs: { swing: DOUBLE }
      code: |
        // How far the prices swing, against their mean.
        export default ({ last_prices: prices }) => {
          const mean = prices.reduce((sum, price) => sum + price, 0) / prices.length
          return Math.round((1000 * (Math.max(...prices) - Math.min(...prices))) / mean) / 1000
        }
      tests:
        - name: three prices
          rows: [ { last_prices: [ 10, 20, 30 ] } ]
          expect: [ { swing: 1 } ]
        - name: a single price does not swing
          rows: [ { last_prices: [ 7 ] } ]
          expect: [ { swing: 0 } ]
  - derive: { moving_average: 'round(moving_average, 2)' }
  - select: { except: [ last_prices ] }
  - sort: [ symbol, date ]
`
} as const;
