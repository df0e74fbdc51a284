// The page for what is not there: only its language needs a script.

import { startLanguage } from './common.js';
import { moreStrings } from './strings-more.js';

startLanguage(moreStrings);
