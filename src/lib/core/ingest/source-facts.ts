// How a source is named where people and lineage see it: never with credentials, query or fragment.

/** `https://u:p@host/a.csv?token=x#y` gives `https://host/a.csv`; a file's name stays. */
export function describeSource(nameOrUrl: string): string {
	const url = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^?#]*)/i.exec(nameOrUrl);
	if (!url) return nameOrUrl;
	const [, scheme = '', authority = '', path = ''] = url;
	return scheme + authority.slice(authority.lastIndexOf('@') + 1) + path;
}
