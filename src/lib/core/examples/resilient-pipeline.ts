// The pipeline of the example of recovery: a source that does not answer, and what is done about it.

export const resilientPipeline = {
	name: 'resilient',
	text: `# What happens when a source does not answer: it is asked again, then left alone, and something else takes over.
name: resilient
description: Retries with growing pauses, a circuit breaker for the source, and a step on failure.

params:
  # Nobody answers there. Give a run the address of a CSV that is there, and it succeeds.
  source: { type: text, default: 'http://127.0.0.1:9/prices.csv', description: Where the prices come from }

# After 1 s, then after 2 s. With jitter, the pauses of many would not fall together.
retry: { attempts: 3, delay: 1s, factor: 2, jitter: none }

steps:
  # Its failures in a row open the breaker of the source, which is then not asked for a while.
  - id: prices
    kind: ingest
    url: \${{ params.source }}
    into: prices
    timeout: 10s

  # Only when what is before it failed.
  - id: shipped
    kind: ingest
    needs: [prices]
    trigger: one_failed
    sample: stocks
    into: stocks

  - id: summary
    kind: transform
    needs: [shipped]
    sql: |
      SELECT symbol, count(*) AS months, round(avg(price), 2) AS mean_price
      FROM stocks
      GROUP BY symbol
      ORDER BY symbol
    into: summary_of_prices
`
} as const;
