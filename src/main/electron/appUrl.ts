/** The page's own scheme and origin. Standard and secure, so that it has an origin as an https page has. */
export const appScheme = 'thirty-watts';
export const appOrigin = `${appScheme}://app`;
export const appUrl = `${appOrigin}/`;
