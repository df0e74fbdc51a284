// Every sentence of the chat, in English and Chinese. A text may hold {names}; where a language must
// count, it is a function of the same parameters. The address page adds strings-addresses.js.

export const strings = {
  otherLanguage: ['中文', 'English'],
  skipToWriting: ['Skip to the message box', '跳到输入框'],
  navChat: ['Chat', '聊天'],
  navAddresses: ['Addresses', 'IP 地址'],
  chatTitle: ['Chat', '聊天室'],
  enterTitle: ['Come in', '进入聊天室'],
  enterHint: ['Pick a name that others will see, and a room.', '取一个大家看得到的名字，选一个房间。'],
  settingsTitle: ['Name and room', '名字和房间'],
  name: ['Name', '名字'],
  namePlaceholder: ['leave empty to be a guest', '留空则以访客身份进入'],
  room: ['Room', '房间'],
  roomRule: ['Small letters, digits, dot, hyphen and underscore, 64 at most.', '小写字母、数字、点、连字符和下划线，最多 64 个。'],
  nameRule: ['32 characters at most.', '最多 32 个字符。'],
  enter: ['Enter', '进入'],
  save: ['Save', '保存'],
  cancel: ['Cancel', '取消'],
  people: ['People', '在线'],
  peopleHere: [({ n }) => (n === 1 ? '1 person here' : `${n} people here`), '{n} 人在线'],
  peopleMore: [({ n }) => `and ${n} more`, '还有 {n} 人'],
  you: ['you', '我'],
  changeName: ['Name and room', '名字和房间'],
  invite: ['Copy invitation', '复制邀请链接'],
  copied: ['Copied', '已复制'],
  copyFailed: ['Could not copy', '复制失败'],
  stateIdle: ['Not connected', '未连接'],
  stateConnecting: ['Connecting', '正在连接'],
  stateLive: ['Live', '已连接'],
  stateWaiting: ['Connection lost', '连接断开'],
  stateUnreachable: ['Server not reachable', '无法连接服务器'],
  stateWaitingIn: ['again in {n} s', '{n} 秒后重试'],
  tryNow: ['Try now', '立即重试'],
  tryAgain: ['Try again', '重试'],
  logLabel: ['Conversation', '对话'],
  emptyRoom: ['Nobody has written here yet.', '这里还没有人说话。'],
  emptyRoomHint: ['Say hello, or copy the invitation and send it to somebody.', '打个招呼吧，或者把邀请链接发给朋友。'],
  earlier: ['Show earlier messages', '显示更早的消息'],
  toNewest: [({ n }) => (n === 0 ? 'To the newest' : n === 1 ? '1 new message' : `${n} new messages`), ({ n }) => (n === 0 ? '回到最新' : `${n} 条新消息`)],
  today: ['Today', '今天'],
  yesterday: ['Yesterday', '昨天'],
  joined: ['{nick} came in', '{nick} 进入聊天室'],
  left: ['{nick} left', '{nick} 离开聊天室'],
  leftTimeout: ['{nick} lost the connection', '{nick} 断线了'],
  leftKicked: ['{nick} was removed', '{nick} 被移出聊天室'],
  leftSlow: ['{nick} fell behind and was disconnected', '{nick} 网络太慢，已断开'],
  renamed: ['{previous} is now {nick}', '{previous} 改名为 {nick}'],
  renamedYou: ['You are now {nick}', '你现在叫 {nick}'],
  nameTaken: ['The name was taken, so you are {nick}', '名字已被占用，你现在叫 {nick}'],
  gap: ['Messages may be missing here', '这里可能缺少消息'],
  gapCount: [({ n }) => (n === 1 ? '1 message is missing here' : `${n} messages are missing here`), '这里缺少 {n} 条消息'],
  announcement: ['Announcement', '公告'],
  whisperFrom: ['whispers to you', '悄悄对你说'],
  write: ['Write a message', '输入消息'],
  send: ['Send', '发送'],
  sendHint: ['Enter sends, Shift+Enter starts a new line', 'Enter 发送，Shift+Enter 换行'],
  bytesLeft: [({ n }) => (n < 0 ? `${-n} bytes too long` : `${n} bytes left`), ({ n }) => (n < 0 ? `超出 ${-n} 字节` : `还可输入 ${n} 字节`)],
  sending: ['Sending', '发送中'],
  sent: ['Sent', '已发送'],
  failed: ['Not sent', '发送失败'],
  retry: ['Retry', '重试'],
  discard: ['Discard', '放弃'],
  queueFull: ['Too many messages are waiting to be sent', '等待发送的消息太多'],
  missingTitle: ['Nothing here', '这里什么也没有'],
  missingText: ['There is no page at this address.', '这个地址没有页面。'],
  missingBack: ['Back to the chat', '回到聊天室'],

  // What the chat protocol calls its errors and closes.
  reason: {
    'bad-nick': ['This name cannot be used', '这个名字不能用'],
    'bad-room': ['This room name cannot be used', '这个房间名不能用'],
    'nick-in-use': ['Somebody else has this name', '这个名字已有人用'],
    'empty-text': ['There is nothing in it', '内容为空'],
    'text-too-long': ['It is too long', '内容太长'],
    'rate-limited': ['Too many messages in a short time', '发得太快了'],
    'pin-required': ['This room asks for a PIN', '这个房间需要 PIN'],
    'bad-pin': ['The PIN is wrong', 'PIN 不对'],
    banned: ['You are banned from this room', '你已被禁止进入这个房间'],
    muted: ['You may not write for a while', '你暂时不能发言'],
    'not-allowed': ['This is not allowed', '不允许这样做'],
    'room-closed': ['The room was closed', '房间已关闭'],
    'room-full': ['The room is full', '房间已满'],
    'too-many-rooms': ['There are too many rooms', '房间太多了'],
    internal: ['The server had a problem', '服务器出错'],
    storage: ['The server could not keep the message', '服务器无法保存消息'],
    'not-in-room': ['You are not in this room', '你不在这个房间'],
    'no-answer': ['The server did not confirm it', '服务器没有确认'],
    'no-such-room': ['There is no such room', '没有这个房间'],
    protocol: ['The server speaks another protocol', '服务器使用另一种协议'],
  },

  close: {
    1003: ['The server does not take binary data', '服务器不接受二进制数据'],
    1007: ['The text was not valid UTF-8', '文本不是有效的 UTF-8'],
    1008: ['The server refused the connection', '服务器拒绝连接'],
    1009: ['The message was too large', '消息太大'],
    4500: ['Too many messages or mistakes in a short time', '消息或错误过于频繁'],
    4501: ['You were removed from the room', '你已被移出房间'],
    4502: ['You are banned', '你已被禁止进入'],
    4503: ['This conversation continues in another tab', '对话已在另一个标签页继续'],
    4504: ['Too many connections from your address', '你的地址连接数过多'],
    4505: ['The server is full', '服务器已满'],
    4506: ['The server waited too long for this page', '服务器等待本页面超时'],
    4507: ['The permission to join has run out', '进入许可已过期'],
    4508: ['The room cannot be entered', '无法进入这个房间'],
  },
  closeOther: ['The server ended the connection ({code})', '服务器结束了连接（{code}）'],
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
  return text.replace(/\{(\w+)\}/g, (whole, name) => parameters[name] ?? whole);
}
