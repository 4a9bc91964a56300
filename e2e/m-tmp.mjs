import { chromium } from "playwright-core"; import { readFileSync } from "node:fs";
const [out, ...files] = process.argv.slice(2);
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", chromiumSandbox: false });
const p = await b.newPage({ viewport: { width: 1600, height: 900 } });
await p.setContent(`<body style="margin:0;display:flex;flex-wrap:wrap;gap:8px;background:#888;width:max-content;max-width:1600px">` + files.map(f => `<img style="${f.includes('desk') ? 'width:790px' : 'width:390px'}" src="data:image/png;base64,${readFileSync('/tmp/shots/' + f + '.png').toString('base64')}">`).join("") + "</body>");
await p.waitForTimeout(300); await p.locator("body").screenshot({ path: out }); await b.close();
