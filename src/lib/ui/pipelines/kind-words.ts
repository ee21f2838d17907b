// What each kind of step does, in a line.

export const kindWords: Readonly<Record<string, string>> = {
	ingest: 'Brings a table in: from an address, a sample, or a dataset that is here.',
	transform: 'A query, whose rows become the next version of a dataset.',
	score: 'Asks a model about every row of a dataset, and keeps its answers beside them.',
	check: 'A question about the data; when the answer is no, nothing behind it runs.',
	branch: 'Chooses which steps go on, by a query or by the verdict of a check.',
	'for-each': 'One step for each item of a list, or for each row of a query.',
	report: 'Makes an edition of a report, and if you like a link to it that others are told.',
	join: 'Waits for several steps, and goes on by a rule about how they ended.',
	pipeline: 'Runs another pipeline.',
	recipe: 'A recipe, whose rows become the next version of a dataset.',
	suite: 'The checks of a suite.'
};
