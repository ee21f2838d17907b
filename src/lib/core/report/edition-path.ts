// Where a kept edition of a report is shown.

export function editionPath(report: string, edition: string): string {
	return `/reports?report=${encodeURIComponent(report)}&edition=${encodeURIComponent(edition)}`;
}
