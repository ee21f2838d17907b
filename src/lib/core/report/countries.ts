// Which country a text means: a code of ISO 3166-1 (DE, DEU, 276), its name in English, or its name on the map.

/** Numeric code, then the two and the three letters of each country on the map. Source: ISO 3166-1. */
const CODES =
	'004AFAFG 008ALALB 010AQATA 012DZDZA 024AOAGO 031AZAZE 032ARARG 036AUAUS 040ATAUT 044BSBHS 050BDBGD 051AMARM ' +
	'056BEBEL 064BTBTN 068BOBOL 070BABIH 072BWBWA 076BRBRA 084BZBLZ 090SBSLB 096BNBRN 100BGBGR 104MMMMR 108BIBDI ' +
	'112BYBLR 116KHKHM 120CMCMR 124CACAN 140CFCAF 144LKLKA 148TDTCD 152CLCHL 156CNCHN 158TWTWN 170COCOL 178CGCOG ' +
	'180CDCOD 188CRCRI 191HRHRV 192CUCUB 196CYCYP 203CZCZE 204BJBEN 208DKDNK 214DODOM 218ECECU 222SVSLV 226GQGNQ ' +
	'231ETETH 232ERERI 233EEEST 238FKFLK 242FJFJI 246FIFIN 250FRFRA 260TFATF 262DJDJI 266GAGAB 268GEGEO 270GMGMB ' +
	'275PSPSE 276DEDEU 288GHGHA 300GRGRC 304GLGRL 320GTGTM 324GNGIN 328GYGUY 332HTHTI 340HNHND 348HUHUN 352ISISL ' +
	'356ININD 360IDIDN 364IRIRN 368IQIRQ 372IEIRL 376ILISR 380ITITA 384CICIV 388JMJAM 392JPJPN 398KZKAZ 400JOJOR ' +
	'404KEKEN 408KPPRK 410KRKOR 414KWKWT 417KGKGZ 418LALAO 422LBLBN 426LSLSO 428LVLVA 430LRLBR 434LYLBY 440LTLTU ' +
	'442LULUX 450MGMDG 454MWMWI 458MYMYS 466MLMLI 478MRMRT 484MXMEX 496MNMNG 498MDMDA 499MEMNE 504MAMAR 508MZMOZ ' +
	'512OMOMN 516NANAM 524NPNPL 528NLNLD 540NCNCL 548VUVUT 554NZNZL 558NINIC 562NENER 566NGNGA 578NONOR 586PKPAK ' +
	'591PAPAN 598PGPNG 600PYPRY 604PEPER 608PHPHL 616PLPOL 620PTPRT 624GWGNB 626TLTLS 630PRPRI 634QAQAT 642ROROU ' +
	'643RURUS 646RWRWA 682SASAU 686SNSEN 688RSSRB 694SLSLE 703SKSVK 704VNVNM 705SISVN 706SOSOM 710ZAZAF 716ZWZWE ' +
	'724ESESP 728SSSSD 729SDSDN 732EHESH 740SRSUR 748SZSWZ 752SESWE 756CHCHE 760SYSYR 762TJTJK 764THTHA 768TGTGO ' +
	'780TTTTO 784AEARE 788TNTUN 792TRTUR 795TMTKM 800UGUGA 804UAUKR 807MKMKD 818EGEGY 826GBGBR 834TZTZA 840USUSA ' +
	'854BFBFA 858UYURY 860UZUZB 862VEVEN 887YEYEM 894ZMZMB';

/** What people write besides; letters alone, small. */
const others: Readonly<Record<string, string>> = {
	uk: '826',
	greatbritain: '826',
	england: '826',
	usa: '840',
	us: '840',
	america: '840',
	unitedstatesofamerica: '840',
	holland: '528',
	turkey: '792',
	czechrepublic: '203',
	swaziland: '748',
	burma: '104',
	macedonia: '807',
	democraticrepublicofthecongo: '180',
	drcongo: '180',
	republicofthecongo: '178',
	ivorycoast: '384',
	southkorea: '410',
	northkorea: '408',
	palestine: '275',
	easttimor: '626',
	russianfederation: '643',
	vietnam: '704',
	laos: '418'
};

export type CountryOnMap = { readonly id: string | null; readonly name: string };

/** Gives each text the number of its country among those on the map; null for what is none of them. */
export function countryFinder(onMap: readonly CountryOnMap[]): (text: string) => number | null {
	const english = new Intl.DisplayNames(['en'], { type: 'region' });
	const numberById = new Map(onMap.map(({ id }, number) => [id, number]));
	const known = new Map<string, number>();
	onMap.forEach(({ name }, number) => known.set(plain(name), number));
	for (const code of CODES.split(' ')) {
		const number = numberById.get(code.slice(0, 3));
		if (number === undefined) continue;
		const letters = code.slice(3, 5);
		for (const name of [code.slice(0, 3), letters, code.slice(5), english.of(letters) ?? ''])
			known.set(plain(name), number);
	}
	for (const [name, id] of Object.entries(others)) {
		const number = numberById.get(id);
		if (number !== undefined) known.set(name, number);
	}
	return (text) => known.get(/^\d{1,2}$/.test(text) ? text.padStart(3, '0') : plain(text)) ?? null;
}

/** Without accents, blanks and signs. */
function plain(name: string): string {
	return name
		.normalize('NFD')
		.replace(/[^\p{L}\p{N}]/gu, '')
		.toLowerCase();
}
