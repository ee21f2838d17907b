// What tidying the server did, in a toast's words.

type Words = readonly [title: string, detail: string];

/** Null: another device was at it. */
export function collectedWords(
	collected: { readonly live: number; readonly dead: number; readonly condemned: number } | null
): Words {
	if (!collected)
		return ['Nothing was collected', 'Another device is at it, or changes came in between. Try again later.'];
	const { live, dead, condemned } = collected;
	const going = condemned === 0 ? '' : ` ${countWords(condemned)} found unused a day ago go within the hour.`;
	return [
		'The server knows what is needed',
		`${countWords(live)} are. ${dead === 0 ? 'Nothing new is unused.' : `${countWords(dead)} are not, and go when that is so a day from now.`}${going}`
	];
}

export function shortenedWords(dataset: string, versions: number): Words {
	const count = versions === 1 ? '1 version' : `${versions.toLocaleString('en')} versions`;
	return [
		`The server lets ${count} of ${dataset} go`,
		'Devices keep what they have. The room is free after two collections, a day apart.'
	];
}

function countWords(count: number): string {
	return count === 1 ? '1 object' : `${count.toLocaleString('en')} objects`;
}
