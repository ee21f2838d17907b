// What the values of a column are taken for, and what only looks like it.
import { describe, expect, test } from 'vitest';
import { isEmail, isIpv4, isIpv6, isUrl } from '#core/check/meaning/addresses.ts';
import { isCardNumber, isIban } from '#core/check/meaning/checksums.ts';
import { isDateText } from '#core/check/meaning/dates.ts';
import { inferMeaning } from '#core/check/meaning/meaning.ts';

const cases: Readonly<
	Record<string, { is: (text: string) => boolean; yes: readonly string[]; no: readonly string[] }>
> = {
	'e-mail': {
		is: isEmail,
		yes: ['a@b.co', 'first.last+tag@mail.example.org', "o'neil@sub.example-site.com"],
		no: ['a@b', '@b.co', 'a b@c.de', 'a@-b.co', 'a@b..co', 'a@b.co ', 'a@b@c.de', '']
	},
	IBAN: {
		is: isIban,
		yes: [
			'DE89 3704 0044 0532 0130 00',
			'GB82WEST12345698765432',
			'NO9386011117947',
			'MT84MALT011000012345MTLCAST001S'
		],
		no: ['DE89370400440532013001', 'DE8937040044053201300', 'XX89370400440532013000', 'de89370400440532013000', 'DE89']
	},
	'card number': {
		is: isCardNumber,
		yes: ['4111 1111 1111 1111', '5500-0000-0000-0004', '378282246310005', '6011111111111117'],
		no: [
			'4111111111111112',
			'0000000000000000',
			'1111111111111111',
			'41111111',
			'4111 1111 1111 111x',
			'4111  111111111111'
		]
	},
	IPv4: {
		is: isIpv4,
		yes: ['0.0.0.0', '255.255.255.255', '192.168.1.1'],
		no: ['256.1.1.1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.4.', '1.2.3.a', '']
	},
	IPv6: {
		is: isIpv6,
		yes: ['::', '::1', '2001:db8::8a2e:370:7334', 'fe80:0:0:0:1:2:3:4', '::ffff:192.0.2.128', '1:2:3:4:5:6:7::'],
		no: [
			'1:2:3',
			':::',
			'1::2::3',
			'12345::',
			'1:2:3:4:5:6:7:8:9',
			'::ffff:1.2.3',
			'g::1',
			'10:20',
			'1:2:3:4:5:6:7:8::'
		]
	},
	URL: {
		is: isUrl,
		yes: ['https://example.org', 'http://user@host:8080/a?b=c#d', 'ftp://files.example.org/x', 'HTTPS://[::1]/'],
		no: ['example.org', 'https://', 'javascript:alert(1)', 'http://a b', 'mailto:a@b.co']
	},
	'date text': {
		is: isDateText,
		yes: [
			'2024-02-29',
			'2024/1/5',
			'29.02.2024',
			'02/29/2024',
			'2024-01-01T10:00:00Z',
			'2024-01-01 24:00',
			'3 Mar 2021',
			'March 3, 2021'
		],
		no: [
			'2023-02-29',
			'2024-13-01',
			'13/13/2024',
			'20240101',
			'1.2.3',
			'0999-01-01',
			'99-99-9999',
			'Maybe 3, 2021',
			'2024-01/01'
		]
	}
};

describe.each(Object.entries(cases))('%s', (_name, { is, yes, no }) => {
	test.each(yes)('%s is one', (text) => expect(is(text)).toBe(true));
	test.each(no)('%s is none', (text) => expect(is(text)).toBe(false));
});

test.each([
	[
		'uuid',
		[
			'6f9619ff-8b86-d011-b42d-00cf4fc964ff',
			'{6F9619FF-8B86-D011-B42D-00CF4FC964FF}',
			'00000000-0000-0000-0000-000000000000'
		]
	],
	['phone', ['+49 30 901820', '(030) 901820-12', '555-867-5309', '0049 30 901820']],
	['iban', ['DE89370400440532013000', 'GB82WEST12345698765432', 'NO9386011117947']],
	['card-number', ['4111111111111111', '5500000000000004', '378282246310005']],
	['date-text', ['2024-01-01', '2024-01-02', '2024-02-30', '2024-01-04', '2024-01-05']],
	['ipv4', ['10.0.0.1', '10.0.0.2', '172.16.0.1']]
] as const)('a column of values of %s means that', (meaning, sample) => {
	expect(inferMeaning(sample)).toMatchObject({ meaning });
});

test('a share and what disagrees are told; nulls and blanks have no say', () => {
	const sample = ['a@b.co', null, 'c@d.org', '  ', 'nobody', 'e@f.net', 'g@h.io'];
	expect(inferMeaning(sample)).toEqual({ meaning: 'e-mail', share: 0.8, sampleCount: 5, exceptions: ['nobody'] });
	expect(inferMeaning(sample, 0.9)).toBeNull();
	expect(inferMeaning(['a@b.co', 'c@d.org'])).toBeNull();
	expect(inferMeaning([])).toBeNull();
});

test.each([
	['numbers', ['1234567', '2345678', '3456789', '4567890']],
	['names', ['Ada', 'Grace', 'Edsger', 'Barbara']],
	['versions', ['1.2.3', '2.0.1', '3.4.5']],
	['amounts', ['1,234.56', '99.00', '1000.10']],
	['times', ['10:20', '11:30', '12:40']]
])('%s mean nothing more', (_what, sample) => {
	expect(inferMeaning(sample)).toBeNull();
});
