export default {
  // Blocks without a language are typed into a shell.
  configureHljs: hljs => hljs.configure({ languages: ['bash'] }),
}
