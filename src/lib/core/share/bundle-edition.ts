// A bundle as an edition, for what draws editions. What was left out of it is empty.
import { datasetId, versionId } from '../ids.ts';
import type { Edition } from '../report/edition.ts';
import type { Bundle, NotShared } from './bundle.ts';

export function editionOf({ sources, title, ...bundle }: Bundle): Edition<NotShared> {
	return {
		...bundle,
		title,
		report: title ?? '',
		version: null,
		sources: sources.map(({ contentHash: _contentHash, fileHash: _fileHash, version, ...source }) => ({
			...source,
			version: versionId(version),
			dataset: datasetId(''),
			message: ''
		}))
	};
}
