// The suite of the example of checks: a metric against its baseline.

const DATASET = 'daily_metric';

export const metricSuite = {
	name: 'daily metric, as it was',
	dataset: DATASET,
	text: `# What was true of the trusted version is to stay true. Weir reads no row for what is compared with the baseline.
description: A daily metric against its baseline
dataset: ${DATASET}
key: [ date ]
checks:
  - expect_column_values_to_not_be_null: { column: value }
  - expect_column_values_to_be_unique: { column: date }
  - expect_column_values_to_be_between: { column: value, min_value: 90, max_value: 150 }
    description: No value is far from all that were seen before.
  # A tenth of the trusted value, in the words of its distribution.
  - expect_column_to_not_have_drifted_from_baseline: { column: value }
  - expect_column_to_not_have_drifted_from_baseline: { column: wind }
  - expect_column_null_ratio_change_from_baseline_to_be_less_than: { column: value, threshold: 0.1 }
`
} as const;
