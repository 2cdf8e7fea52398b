/**
 * The texts of paying, waiting and the result: key → [Chinese, English].
 */
import { addTexts } from "./language.js";

addTexts({
  // Choosing a cashier
  "pay.title": ["支付订单", "Pay"],
  "pay.placed": ["订单已提交，请尽快付款", "Your order is placed. Please pay soon"],
  "pay.toPay": ["应付金额", "To pay"],
  "pay.choose": ["选择支付方式", "How do you want to pay?"],
  "pay.with": ["用{method}付款", "Pay with {method}"],
  "pay.going": ["正在前往收银台…", "Taking you there…"],
  "pay.safe": ["您将在支付平台的收银台付款，我们不会接触您的支付密码和银行卡信息。", "You pay on the provider's own pages. We never see your password or card number."],
  "pay.later": ["稍后付款", "Pay later"],
  "pay.details": ["查看订单", "See the order"],
  "pay.badLink": ["付款链接无效，请联系客服。", "The payment link is invalid. Please contact us."],
  "pay.providerAway": ["{name}暂时没有回应，请重试，或改用{other}。", "{name} does not answer right now. Please try again, or use {other}."],
  "pay.takeOther": ["改用{other}", "Use {other}"],
  "pay.notPayable": ["订单不需要付款", "There is nothing to pay"],

  // Waiting
  "pay.waitTitle": ["等待付款", "Waiting for your payment"],
  "pay.waiting": ["正在查询付款结果…", "Looking for your payment…"],
  "pay.waitingHint": ["还没有收到付款。付款后，本页会自动更新。", "No payment yet. This page follows by itself as soon as you have paid."],
  "pay.paused": ["还没有收到付款结果。", "No payment has arrived yet."],
  "pay.ask": ["我已付款，立即查询", "I have paid, check now"],
  "pay.again": ["重新付款", "Pay again"],
  "pay.other": ["换一种支付方式", "Pay another way"],
  "pay.asked": ["还没有收到付款，请稍后再试。", "The payment has not arrived yet. Please try again later."],
  "pay.end.2": ["付款成功", "Payment received"],
  "pay.end.2Hint": ["我们会尽快为您发货。", "We will send your goods soon."],
  "pay.end.3": ["付款成功", "Payment received"],
  "pay.end.3Hint": ["商品正在路上。", "Your goods are on the way."],
  "pay.end.4": ["付款成功", "Payment received"],
  "pay.end.4Hint": ["订单已完成。", "The order is done."],
  "pay.end.7": ["退款申请处理中", "Your refund is being looked at"],
  "pay.end.7Hint": ["商家正在审核您的退款申请。", "The shop is looking at your request."],
  "pay.end.8": ["已退款", "Refunded"],
  "pay.end.8Hint": ["款项已退回原支付账户。", "The money went back the way it came."],
  "pay.closed": ["订单已关闭", "The order is closed"],
  "pay.closedHint": ["没有在规定时间内付款，或订单已被取消。商品已放回货架。", "It was not paid in time, or was cancelled. The goods are back on the shelf."],
  "pay.late": ["订单已关闭，付款原路退回", "The order was closed, your money goes back"],
  "pay.lateHint": ["商品不会发出；如果还需要，请重新下单。", "Nothing will be sent. If you still want the goods, please order again."],

  // The code that WeChat scans
  "code.title": ["请用微信扫码付款", "Scan to pay with WeChat"],
  "code.loading": ["正在生成二维码…", "Making the code…"],
  "code.alt": ["微信支付二维码，金额 {amount}", "QR code to pay {amount} with WeChat"],
  "code.renew": ["刷新二维码", "Renew the code"],
  "code.failed": ["二维码没有生成。", "There is no code yet."],
  "code.providerAway": ["微信支付暂时没有回应，请重试，或换一种支付方式。", "WeChat Pay does not answer right now. Please try again, or pay another way."],
  "code.broken": ["图片无法显示，请重试。", "The picture cannot be shown. Please try again."],
  "code.over": ["二维码已失效", "The code is no longer valid"],
  "code.sameDevice": ["正在用手机浏览？请用另一台设备上的微信扫码，或换用支付宝。", "On your phone? Scan with WeChat on another device, or pay with Alipay."],
  "code.step1": ["在手机上打开微信，点“扫一扫”", "Open WeChat on your phone and choose Scan"],
  "code.step2": ["对准本页的二维码", "Point it at the code on this page"],
  "code.step3": ["核对金额，在手机上确认付款", "Check the amount and confirm on your phone"],

  // What became of a payment at Alipay
  "result.title": ["付款结果", "Your payment"],
  "result.asking": ["正在确认付款结果…", "Confirming your payment…"],
  "result.paid": ["付款成功", "Payment received"],
  "result.amount": ["付款金额", "Paid"],
  "result.open": ["付款结果还没有确认", "Your payment is not confirmed yet"],
  "result.openAgain": ["支付平台还没有确认这笔付款，正在再次查询…", "The provider has not confirmed this payment yet. We are asking again…"],
  "result.openHint": ["支付平台的确认有时会晚一些。请稍后在“我的订单”中查看，请勿重复付款。", "A confirmation may be late. Please look at your orders in a while before you pay again."],
  "result.ask": ["再查一次", "Ask again"],
});
