// A report in two sections, as a small program would make it: a metric over time, and how it is distributed.
export const metricReport = {
	name: 'rain and warmth in Seattle',
	sample: 'seattle-weather',
	text: `---
title: Rain and warmth in Seattle
description: Four years of days, measured at one station.
---
{{ count(seattle_weather) | integer }} days: the warmest reached {{ max(seattle_weather.temp_max) | .1f }} °C, and {{ wet.share | percent }} of them had rain or snow.

\`\`\`sql wet
SELECT avg(CASE WHEN precipitation > 0 THEN 1.0 ELSE 0 END) AS share FROM seattle_weather
\`\`\`

## By month

\`\`\`chart
type: line
from: seattle_weather
x: date
grain: month
y: [avg(temp_max), avg(temp_min)]
title: Mean of the day’s highest and lowest temperature
y_label: Temperature
unit: °C
\`\`\`

\`\`\`chart
type: bar
from: seattle_weather
x: weather
y: count()
order: -y
horizontal: true
height: 180
title: Days by weather
\`\`\`

## How it is distributed

\`\`\`chart
type: histogram
from: seattle_weather
x: temp_max
bins: 30
color: weather
title: The day’s highest temperature
x_label: °C
\`\`\`
`
} as const;
