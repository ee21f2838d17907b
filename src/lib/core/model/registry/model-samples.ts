// Trainings that are shipped with Weir, of its sample tables: what is asked of them, and of which of their columns.

export type ModelSample = {
	/** Of the model. */
	readonly name: string;
	/** What a person presses. */
	readonly title: string;
	/** The table it is of, by its name. */
	readonly sample: string;
	/** The rows it learns from; `{table}` stands where the dataset's name goes. */
	readonly sql: string;
	readonly target: string;
};

export const modelSamples: readonly ModelSample[] = [
	{
		name: 'bird damage',
		title: 'Which bird strikes do damage?',
		sample: 'birdstrikes',
		// What it cost is known when the damage is, so it is left out.
		sql: `SELECT "Effect Amount of damage" <> 'None' AS damaged,
       "Wildlife Size", "Wildlife Species", "Phase of flight", "Time of day",
       "Speed IAS in knots", "Aircraft Make Model", "Origin State", "Flight Date"
FROM {table}`,
		target: 'damaged'
	},
	{
		name: 'film rating',
		title: 'How will people rate a film?',
		sample: 'movies',
		sql: `SELECT "IMDB Rating", "Running Time min", "Major Genre", "Creative Type", "Source", "Distributor",
       "MPAA Rating", "Production Budget", year(try_strptime("Release Date", '%b %d %Y')) AS year
FROM {table}
WHERE "IMDB Rating" IS NOT NULL`,
		target: 'IMDB Rating'
	}
];
