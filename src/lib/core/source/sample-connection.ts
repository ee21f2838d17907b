// The example of a connection: an API whose pages are shipped with Weir, a year of Seattle's weather each.

export const sampleConnection = {
	name: 'weather station',
	/** `origin` is where Weir itself is served from. */
	text: (
		origin: string
	): string => `# Four pages, each with the address of the next. Weir itself serves them, so that it loads without a network.
kind: rest
url: ${origin}/samples/weather-station/2012.json
records: readings
pages: { kind: next, path: next }
# A day that comes again is the same row: loading twice doubles nothing.
load: { into: weather_readings, mode: merge, key: [ date ] }
`
} as const;
