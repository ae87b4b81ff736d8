/** In the place of a package that does the same in older browsers. */
export default structuredClone;
