// What reading the chat needs, in English and Chinese; the rest is in strings-more.js. A text may hold
// {names}; where a language must count, it is a function of the same parameters.

export const strings = {
  otherLanguage: ['中文', 'English'],
  skipToWriting: ['Skip to the message box', '跳到输入框'],
  navChat: ['Chat', '聊天'],
  navAddresses: ['Addresses', 'IP 地址'],
  chatTitle: ['Chat', '聊天室'],
  enterTitle: ['Come in', '进入聊天室'],
  enterHint: ['Pick a name that others will see, and a room.', '取一个大家看得到的名字，选一个房间。'],
  namePlaceholder: ['leave empty to be a guest', '留空则以访客身份进入'],
  name: ['Name', '名字'],
  room: ['Room', '房间'],
  enter: ['Enter', '进入'],
  people: ['People', '在线'],
  peopleHere: [({ n }) => (n === 1 ? '1 person here' : `${n} people here`), '{n} 人在线'],
  peopleMore: [({ n }) => `and ${n} more`, '还有 {n} 人'],
  you: ['you', '我'],
  changeName: ['Name and room', '名字和房间'],
  invite: ['Copy invitation', '复制邀请链接'],
  copied: ['Copied', '已复制'],
  copyFailed: ['Could not copy', '复制失败'],
  state: {
    idle: ['Not connected', '未连接'],
    connecting: ['Connecting', '正在连接'],
    live: ['Live', '已连接'],
    waiting: ['Connection lost', '连接断开'],
    unreachable: ['Server not reachable', '无法连接服务器'],
  },
  againIn: ['· again in {n} s', '· {n} 秒后重试'],
  tryNow: ['Try now', '立即重试'],
  logLabel: ['Conversation', '对话'],
  emptyRoom: ['Nobody has written here yet.', '这里还没有人说话。'],
  emptyRoomHint: ['Say hello, or copy the invitation and send it to somebody.', '打个招呼吧，或者把邀请链接发给朋友。'],
  earlier: ['Show earlier messages', '显示更早的消息'],
  toNewest: [({ n }) => (n === 0 ? 'To the newest' : n === 1 ? '1 new message' : `${n} new messages`), ({ n }) => (n === 0 ? '回到最新' : `${n} 条新消息`)],
  today: ['Today', '今天'],
  yesterday: ['Yesterday', '昨天'],
  joined: ['{nick} came in', '{nick} 进入聊天室'],
  left: ['{nick} left', '{nick} 离开聊天室'],
  renamed: ['{previous} is now {nick}', '{previous} 改名为 {nick}'],
  renamedYou: ['You are now {nick}', '你现在叫 {nick}'],
  nameTaken: ['The name was taken, so you are {nick}', '名字已被占用，你现在叫 {nick}'],
  gap: ['Messages may be missing here', '这里可能缺少消息'],
  announcement: ['Announcement', '公告'],
  whisperFrom: ['whispers to you', '悄悄对你说'],
  newHere: ['New', '以下为新消息'],
  about: ['About', '关于'],
  loadFailed: ['This part of the page could not be loaded', '页面的这一部分无法加载'],
  write: ['Write a message', '输入消息'],
  send: ['Send', '发送'],
  sendHint: ['Enter sends, Shift+Enter starts a new line', 'Enter 发送，Shift+Enter 换行'],
};

/* Picks 'zh' or 'en': what was chosen before, else the first that the browser's list names. */
export function pickLanguage(chosen, preferred) {
  for (const tag of [chosen, ...(preferred ?? [])]) {
    const language = String(tag ?? '').slice(0, 2).toLowerCase();
    if (language === 'zh' || language === 'en') return language;
  }
  return 'en';
}

/* The text for key ('name' or 'group.name') in a language; undefined when there is none. */
export function translate(dictionary, language, key, parameters = {}) {
  let entry = dictionary;
  for (const part of key.split(/\.(.*)/s, 2)) {
    if (!Object.hasOwn(entry, part)) return undefined;
    entry = entry[part];
  }
  const text = entry[language === 'zh' ? 1 : 0];
  if (typeof text === 'function') return text(parameters);
  return text.replace(/\{(\w+)\}/g, (whole, name) => isolated(parameters[name] ?? whole));
}

// A name that is written from the right does not turn the sentence around it.
function isolated(value) {
  return /[\u0590-\u08ff\ufb1d-\ufefc]/.test(value) ? `\u2068${value}\u2069` : value;
}
