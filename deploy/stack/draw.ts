/**
 * Draws the stage that was packaged last, or a template's:
 *
 *     npx serverless package --stage dev && node deploy/stack/draw.ts [TEMPLATE]
 */
import { readFileSync } from 'node:fs';
import type { Resources } from '../cloudformation.ts';
import { diagram } from './diagram.ts';

const [file = '.serverless/cloudformation-template-update-stack.json'] = process.argv.slice(2);
process.stdout.write(`${diagram(JSON.parse(readFileSync(file, 'utf8')) as { Resources: Resources })}\n`);
