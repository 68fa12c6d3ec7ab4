import { FONT_FAMILY } from './charts/style.ts';

const LIGHT =
  '--page:#f5f6f8;--panel:#ffffff;--edge:#dfe4e9;--accent:#0b66c3;--good:#00805c;--bad:#c2410c;--mark:#eef5fd';
const DARK =
  '--page:#0f1318;--panel:#171c22;--edge:#2a323b;--accent:#5aaeff;--good:#28c795;--bad:#ed7624;--mark:#1c2a3a';

/** Style sheet of a report page; colours of text and charts come from `chartStyle`. */
export function pageStyle(): string {
  return `
:root{${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--rc-ink);font:16px/1.55 ${FONT_FAMILY}}
main{max-width:1076px;margin:0 auto;padding:40px 24px 8px}
p{margin:0}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.kicker{color:var(--accent);font-weight:600;font-size:14px}
h1{font-size:34px;line-height:1.2;margin:4px 0 12px;letter-spacing:-.015em;overflow-wrap:anywhere;text-wrap:balance}
h2{overflow-wrap:anywhere;font-size:22px;line-height:1.3;margin:0 0 4px;letter-spacing:-.01em}
header .lead{font-size:18px;max-width:46em;overflow-wrap:anywhere}
section .lead{color:var(--rc-muted);max-width:46em;overflow-wrap:anywhere}
.facts{list-style:none;display:flex;flex-wrap:wrap;gap:2px 20px;padding:0;margin:12px 0 0;color:var(--rc-muted);font-size:14px;overflow-wrap:anywhere}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(158px,1fr));gap:12px;margin:28px 0}
.card{background:var(--panel);border:1px solid var(--edge);border-top:3px solid var(--rc-axis);border-radius:8px;padding:12px 16px 14px;overflow-wrap:anywhere}
.card.good{border-top-color:var(--good)}.card.bad{border-top-color:var(--bad)}
.card .label{color:var(--rc-muted);font-size:13px}
.card .value{font-size:28px;line-height:1.25;font-weight:650;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
.card small{font-size:15px;font-weight:500;color:var(--rc-muted);letter-spacing:0}
.card .note{color:var(--rc-muted);font-size:13px;line-height:1.4;margin-top:2px}
nav{display:flex;flex-wrap:wrap;gap:2px 18px;font-size:14px;margin:0 0 36px;padding:10px 0;border-block:1px solid var(--edge)}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
section{margin:0 0 44px;scroll-margin-top:12px}
.content{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:14px;margin-top:14px}
.content>*{grid-column:1/-1;margin:0}
.content>.half{grid-column:auto}
figure,.content>.scroll,.content>.lines{background:var(--panel);border:1px solid var(--edge);border-radius:8px;padding:16px 18px}
figcaption{font-size:14px;line-height:1.45;margin-bottom:10px;color:var(--rc-muted);overflow-wrap:anywhere}
figcaption strong{color:var(--rc-ink);font-size:15px;display:block}
figure svg.rc{display:block;width:100%;height:auto;overflow:visible}
.narrow{display:none}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
caption{text-align:left;font-size:15px;font-weight:600;line-height:1.4;padding:0 0 8px}
caption span{display:inline-block;overflow-wrap:anywhere;position:sticky;left:0;max-width:min(100%,calc(100vw - 54px))}
th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--edge);font-weight:400;vertical-align:top}
th:last-child,td:last-child{padding-right:4px}
th.r,td.r{text-align:right;white-space:nowrap}
thead th{color:var(--rc-muted);font-weight:500;font-size:13px;vertical-align:bottom}
tbody th.short{white-space:nowrap}
tbody tr:last-child>*{border-bottom:0}
td{min-width:3em}td:not(.r):not(.short){min-width:11em}
.pairs :is(th,td){overflow-wrap:anywhere;min-width:6em!important;white-space:normal}
tr.highlight>*{background:var(--mark)}tr.highlight>:first-child{box-shadow:-8px 0 0 var(--mark)}
tr.highlight th{font-weight:600}
section.columns .content{display:block;columns:2;column-gap:14px}
section.columns .content>*{break-inside:avoid;margin-bottom:14px}
details{margin-top:8px;font-size:14px}
summary{color:var(--accent);cursor:pointer;width:max-content}
details .scroll{max-height:22em;overflow:auto;margin-top:8px}
details caption{font-size:13px;font-weight:500;color:var(--rc-muted)}
.marked{overflow-wrap:anywhere}
.lines{list-style:none}.lines li{padding:5px 0 5px 14px;border-left:3px solid var(--edge);margin:6px 0;overflow-wrap:anywhere}
.lines .warning{border-left-color:var(--bad)}
footer{max-width:1076px;margin:0 auto;padding:0 24px 36px;color:var(--rc-muted);font-size:13px;overflow-wrap:anywhere}
@media (max-width:840px){
main{padding:24px 12px 8px}
h1{font-size:26px}header .lead{font-size:16px}
.content>.half{grid-column:1/-1}
.wide{display:none}.narrow{display:block;max-width:560px}
figure,.content>.scroll,.content>.lines{padding:12px}
section.columns .content{columns:1}
table{font-size:13px}th,td{padding-right:9px}
tr>:first-child{position:sticky;left:0;z-index:1;min-width:7em;max-width:38vw}
tr:not(.highlight)>:first-child{background:var(--panel)}
tr>:first-child::before{content:"";position:absolute;inset:0 0 0 -12px;z-index:-1;background:inherit;border-right:1px solid var(--edge)}
tbody th.short{white-space:normal}
tr>:nth-child(2){padding-left:9px}
.cards{grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:8px}
.card{padding:10px 12px}.card .value{font-size:24px}
footer{padding:0 12px 24px}
}
@media print{
body{background:#fff;font-size:11pt}main{max-width:none;padding:0}
nav,details{display:none}
.wide{display:block}.narrow{display:none}
.content>.half{grid-column:auto}
figure,.card,table,tr{break-inside:avoid}h2{break-after:avoid}
figure,.card,.content>.scroll,.content>.lines{border-color:#ccc;padding:8px 10px}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
}
