/** The frame of every page: one style, no script, nothing loaded from anywhere. */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { Html, html, type Piece } from './html.ts';

const STYLE = `
:root{color-scheme:light dark;--ink:#1d2127;--quiet:#565e69;--line:#d5dae1;--paper:#fff;--soft:#f4f6f8;--go:#0b6b3a;--stop:#a4262c;--note:#8a5300}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--quiet:#a9b1bc;--line:#3b424c;--paper:#16191d;--soft:#20252b;--go:#2f9e63;--stop:#e0666b;--note:#e0a84a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:break-word}
main{max-width:46rem;margin:0 auto;padding:1.25rem 1rem 3rem}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 .25rem}
h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.5rem 0}
ul{margin:.5rem 0;padding-left:1.25rem}
.quiet{color:var(--quiet);font-weight:400}
.total{font-size:1.75rem;font-weight:600;margin:.25rem 0 1rem}
.notice{border-left:.25rem solid var(--note);background:var(--soft);padding:.5rem .75rem;margin:1rem 0}
.good{border-color:var(--go)}
.bad{border-color:var(--stop)}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.25rem 1rem;margin:.75rem 0}
table+dl{margin-top:1.5rem}
dt{color:var(--quiet)}
dd{margin:0;white-space:pre-line;min-width:0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:.25rem;color:var(--quiet)}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600}
.n{text-align:right;white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
tfoot td,tfoot th{border-bottom:0}
.wide{overflow-x:auto}
code{font:.9em ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
label{display:block;font-weight:600;margin:1rem 0 .25rem}
textarea{width:100%;min-height:5.5rem;padding:.6rem;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--quiet);border-radius:.375rem}
.choice{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1rem}
button{flex:1 1 9rem;min-height:3rem;padding:.5rem 1.25rem;font:inherit;font-weight:600;border:2px solid transparent;border-radius:.375rem;cursor:pointer}
.go{background:#0b6b3a;color:#fff}
.stop{background:var(--paper);color:var(--stop);border-color:var(--stop)}
:focus-visible{outline:3px solid #2d7ff9;outline-offset:2px}
@media(max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}.lines thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}.lines tr{display:grid;grid-template-columns:1fr auto;padding:.4rem 0;border-bottom:1px solid var(--line)}.lines td,.lines th{border:0;padding:0}.lines .item{grid-column:1/-1}.lines .price{text-align:left;color:var(--quiet)}.lines .price::before{content:"× "}.lines .qty{text-align:left}.lines tbody tr{grid-template-columns:auto 1fr auto;column-gap:.5rem}}
@media print{body{font-size:10.5pt}main{max-width:none;padding:0}h2,tr{break-inside:avoid}}
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;

export interface Page {
  readonly title: string;
  /** English, if it does not say. */
  readonly language?: string;
  readonly body: Piece;
}

export function sendPage(reply: FastifyReply, status: number, { title, language = 'en', body }: Page): FastifyReply {
  const { text } = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
  return reply.code(status).headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY }).send(text);
}

/** Pairs without a value are left out. */
export function facts(pairs: ReadonlyArray<readonly [label: string, value: Piece]>): Html {
  const told = pairs.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== '');
  return html`<dl>${told.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`;
}
