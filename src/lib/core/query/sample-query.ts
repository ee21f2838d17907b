// The example of a named query: made from the sample of Seattle's weather, with one parameter of each common type.

export const sampleQuery = {
	sample: 'seattle-weather',
	name: 'warm days',
	text: `description: Days that were warmer than a bound, of some kinds of weather.
parameters:
  warmer_than:
    type: decimal
    description: Degrees Celsius
    default: 20
    min: -50
    max: 60
  since:
    type: date
    default: 2014-01-01
  kinds:
    type: list
    of: text
    allowed: [drizzle, fog, rain, snow, sun]
    default: [sun, drizzle]
ttl: 1d
page: 500
sql: |
  SELECT date, weather, temp_max, wind
  FROM seattle_weather
  WHERE temp_max > $warmer_than AND date >= $since AND weather = ANY($kinds)
  ORDER BY temp_max DESC, date
`
};
