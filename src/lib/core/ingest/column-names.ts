// Names for columns: every one present, printable and different, since SQL compares names without case.

export function columnNames(cells: readonly string[] | null, count: number): string[] {
	const names: string[] = [];
	const taken = new Set<string>();
	for (let index = 0; index < count; index++) {
		const given = (cells?.[index] ?? '').replace(/\s*[\u0000-\u001f\u007f][\s\u0000-\u001f\u007f]*/g, ' ').trim();
		const base = given === '' ? `column_${index + 1}` : given;
		let name = base;
		for (let copy = 2; taken.has(name.toLowerCase()); copy++) name = `${base}_${copy}`;
		taken.add(name.toLowerCase());
		names.push(name);
	}
	return names;
}
