// How a dataset is stored, in a person's words.
import { orderWords, type Layout, type WriterSettings } from '#core/version/layout.ts';
import { bytesText } from './amounts.ts';

/** `saves 1.2 MB, 34 %`, `takes 300 kB more`, `makes no difference`; `about` so much where a part was measured. */
export function savingText(savedBytes: number, sizeBytes: number, isExact = true): string {
	const about = isExact ? '' : 'about ';
	if (savedBytes === 0) return 'makes no difference';
	if (savedBytes < 0) return `takes ${about}${bytesText(-savedBytes)} more`;
	return `saves ${about}${bytesText(savedBytes)}, ${shareText(savedBytes, sizeBytes)}`;
}

/** Of the whole table. */
export function shareText(savedBytes: number, sizeBytes: number): string {
	const share = sizeBytes > 0 ? (savedBytes / sizeBytes) * 100 : 0;
	const digits = Math.abs(share) < 9.95 ? 1 : 0;
	return `${share.toFixed(digits).replace('-', '−')} %`;
}

export function compressionText({ codec, level }: Pick<WriterSettings, 'codec' | 'level'>): string {
	if (codec === 'snappy') return 'Snappy, quick to read';
	return level === null ? 'Zstandard' : `Zstandard level ${level}, slow to write`;
}

export function dictionaryText(dictionary: WriterSettings['dictionary']): string {
	if (dictionary === 'auto') return 'where values repeat';
	return dictionary === 'off' ? 'never' : `up to ${dictionary.toLocaleString('en')} values`;
}

export function encodingText(encoding: WriterSettings['encoding']): string {
	return encoding === 'plain' ? 'plain' : 'as differences (delta)';
}

export function segmentText(segmentRows: number): string {
	return `${segmentRows.toLocaleString('en')} rows`;
}

/** What is not as usual, such as `Snappy, sorted by city, 2 columns narrowed`; empty when everything is. */
export function layoutText(layout: Layout): string {
	const { codec, level, segmentRows, dictionary, encoding, order, narrowed } = layout;
	const said = [
		...(codec === 'snappy' ? ['Snappy'] : level === null ? [] : [`Zstandard level ${level}`]),
		...(segmentRows === 16_384 ? [] : [`segments of ${segmentText(segmentRows)}`]),
		...(dictionary === 'auto' ? [] : [`dictionaries ${dictionaryText(dictionary)}`]),
		...(encoding === 'plain' ? [] : ['delta encoding']),
		...(order.length === 0 ? [] : [orderWords(order)]),
		...(narrowed.length === 0 ? [] : [`${narrowed.length} ${narrowed.length === 1 ? 'column' : 'columns'} narrowed`])
	];
	return said.join(', ');
}
