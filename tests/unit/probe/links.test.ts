import { describe, expect, test } from '@jest/globals';
import { linksOf, maxLinks } from '../../../src/probe/links.ts';
import { cpuMs } from '../../support/cpu-time.ts';

const page = new URL('https://shop.test/catalogue/index.html');
const linksIn = (html: string): string[] => linksOf(html, page).map(({ href }) => href);

describe('links', () => {
  test.each([
    ['a link', '<a href="/cart">Cart</a>', ['https://shop.test/cart']],
    ['single quotes', "<a href='/cart'>", ['https://shop.test/cart']],
    ['no quotes', '<a href=/cart>', ['https://shop.test/cart']],
    ['capitals and line ends', '<A\n  CLASS="x"\n  HREF = "/cart"\n>', ['https://shop.test/cart']],
    ['a relative address', '<a href="../about">', ['https://shop.test/about']],
    ['another host', '<a href="//cdn.test/x.js">', ['https://cdn.test/x.js']],
    [
      'what a page is made of',
      '<img src=1.png><script src=2.js></script><iframe src=3.html><link href=4.css>',
      [
        'https://shop.test/catalogue/1.png',
        'https://shop.test/catalogue/2.js',
        'https://shop.test/catalogue/3.html',
        'https://shop.test/catalogue/4.css',
      ],
    ],
    ['an ampersand', '<a href="?a=1&amp;b=2">', ['https://shop.test/catalogue/index.html?a=1&b=2']],
    ['the page that addresses count from', '<base href="/en/"><a href="cart">', ['https://shop.test/en/cart']],
    ['the same address twice', '<a href="/cart#top"><a href="/cart#end">', ['https://shop.test/cart']],
    ['the first of two attributes', '<a href="/one" href="/two">', ['https://shop.test/one']],
    ['an attribute without a value before it', '<a hidden href="/cart">', ['https://shop.test/cart']],
    ['a sign too many', '<a = href="/cart">', ['https://shop.test/cart']],
    ['letters that grow when they become small', `İİİ<a href="/cart">`, ['https://shop.test/cart']],
    ['another attribute', '<a data-href="/cart" title="href=/x">', []],
    ['a comment', '<!-- <a href="/old"> -->', []],
    ['a script', '<script>"<a href=\'/x\'>"</script><a href="/y">', ['https://shop.test/y']],
    ['mail, scripts and files', '<a href="mailto:a@b.test"><a href="javascript:x()"><a href="file:///x">', []],
    ['a password', '<a href="https://a:b@shop.test/">', []],
    ['a hint where to connect early', '<link rel="preconnect" href="https://cdn.test">', []],
    ['an element by a name that objects have', '<constructor href="/x"><a constructor="/y">', []],
    ['no end', '<a href="/cart', ['https://shop.test/catalogue/%22/cart']],
    ['an address longer than any server takes', `<a href="/${'x'.repeat(3_000)}">`, []],
    ['text', '1 < 2 and a href="/x"', []],
  ])('%s', (_what, html, links) => {
    expect(linksIn(html)).toEqual(links);
  });

  test('of a page with more than are checked, only the first', () => {
    const html = Array.from({ length: 5_000 }, (_, nth) => `<a href="/${nth}">`).join('');
    expect(linksIn(html)).toHaveLength(maxLinks);
  });

  // A quadratic reader would need minutes for these.
  test.each([
    ['tags that never end', '<a '.repeat(300_000)],
    ['quotes that never end', `<a href="`.repeat(100_000)],
    ['one quote that never ends', `<a x="${'<a y='.repeat(150_000)}`],
    ['white space', `<a${' '.repeat(900_000)}`],
    ['white space before a sign', `<a x${' '.repeat(900_000)}=`],
    ['slashes', `<a ${'/'.repeat(900_000)}=`],
    ['one long name', `<a ${'x'.repeat(900_000)}`],
    ['brackets', '<'.repeat(900_000)],
    ['letters after brackets', `<${'a'.repeat(900_000)}`],
    ['comments that never end', '<!--'.repeat(200_000)],
    ['scripts that never end', '<script>'.repeat(100_000)],
    ['signs', '<a ='.repeat(200_000)],
  ])('are read in linear time: %s', (_what, html) => {
    const began = cpuMs();
    linksIn(html);
    expect(cpuMs() - began).toBeLessThan(3_000);
  });
});
