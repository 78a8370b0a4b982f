"""The look of plain controls, menus, docks and scroll bars, from the theme: fusion, a palette, one style sheet."""

from typing import Final

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from cockpit.widgets.theme import BUTTON, HEADER, Theme

TITLE_BAR: Final = 32  # of a floating window
_CARET_MS: Final = 0  # a blinking caret makes two pictures of one state; nothing blinks (design.md 1)

_SHEET: Final = """
QToolTip {{ background: {bg3}; color: {text1}; border: 1px solid {line2}; padding: 4px 8px; }}
QMenu {{ background: {bg2}; color: {text1}; border: 1px solid {line2}; padding: 4px 0; }}
QMenu::item {{ padding: 6px 28px 6px 14px; }}
QMenu::item:selected {{ background: {bg4}; }}
QMenu::item:disabled {{ color: {text4}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 0; }}
QMenu::indicator {{ width: 9px; height: 9px; margin-left: 6px; }}
QMenu::indicator:checked {{ background: {accent}; }}
QPushButton {{ background: {bg3}; color: {text1}; border: 1px solid {line2}; border-radius: 4px;
    padding: 0 14px; min-height: {button_inner}px; }}
QPushButton:hover {{ background: {bg4}; }}
QPushButton:pressed {{ background: {bg2}; }}
QPushButton:focus {{ border: 2px solid {accent}; padding: 0 13px; min-height: {button_focus}px; }}
QPushButton:disabled {{ background: {bg2}; color: {text4}; border-color: {line}; }}
QPushButton[kind="primary"] {{ background: {accent}; color: {on_accent}; border-color: {accent};
    font-weight: 600; }}
QPushButton[kind="primary"]:hover {{ border-color: {text1}; }}
QPushButton[kind="destructive"] {{ background: transparent; color: {failed}; border-color: {failed}; }}
QLineEdit {{ background: {bg0}; color: {text1}; border: 1px solid {line2}; border-radius: 4px; padding: 0 10px;
    min-height: {button_inner}px; selection-background-color: {bg4}; selection-color: {text1}; }}
QLineEdit:focus {{ border: 1.5px solid {accent}; }}
QComboBox:focus, QSpinBox:focus, QAbstractItemView:focus, QToolButton:focus {{ border: 2px solid {accent}; }}
QCheckBox:focus, QRadioButton:focus {{ border: 2px solid {accent}; border-radius: 4px; }}
QLineEdit:disabled {{ background: {bg1}; color: {text4}; border-color: {line}; }}
QScrollBar {{ background: {bg1}; border: none; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {bg4}; border: 2px solid {bg1}; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {line2}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
ads--CDockContainerWidget, ads--CDockManager {{ background: {bg0}; }}
ads--CDockSplitter::handle {{ background: {bg0}; }}
ads--CDockAreaWidget, ads--CDockWidget {{ background: {bg1}; border: none; }}
ads--CDockAreaTitleBar {{ background: {bg0}; border: none; padding: 0; min-height: {header}px;
    max-height: {header}px; }}
ads--CDockAreaTabBar {{ background: {bg0}; border: none; }}
ads--CDockWidgetTab {{ background: {bg1}; border: none; border-top: 2px solid {bg1}; margin-right: 2px;
    padding: 0 3px; min-height: {tab}px; max-height: {tab}px; }}
ads--CDockWidgetTab:hover {{ background: {bg3}; border-top-color: {bg3}; }}
ads--CDockWidgetTab[activeTab="true"] {{ background: {bg2}; border-top-color: {accent}; }}
ads--CDockWidgetTab QLabel {{ color: {text2}; }}
ads--CDockWidgetTab[activeTab="true"] QLabel {{ color: {text1}; font-weight: 600; }}
ads--CFloatingDockContainer {{ background: {bg1}; }}
ads--CFloatingWidgetTitleBar {{ background: {bg3}; border: none; }}
"""


def style_sheet(theme: Theme) -> str:
    """The application's style sheet in the theme's colours."""
    return _SHEET.format(
        **theme.tokens,
        button_inner=BUTTON - 2,
        button_focus=BUTTON - 4,
        header=HEADER,
        tab=HEADER - 2,
    )


def palette(theme: Theme) -> QPalette:
    """What fusion draws with where the style sheet says nothing."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    made = QPalette()
    for name, token in (
        (role.Window, "bg1"),
        (role.Base, "bg0"),
        (role.AlternateBase, "bg2"),
        (role.Button, "bg3"),
        (role.Mid, "line"),
        (role.Dark, "bg0"),
        (role.Light, "bg4"),
        (role.Midlight, "bg3"),
        (role.Shadow, "bg0"),
        (role.WindowText, "text1"),
        (role.Text, "text1"),
        (role.ButtonText, "text1"),
        (role.BrightText, "text1"),
        (role.PlaceholderText, "text3"),
        (role.ToolTipBase, "bg3"),
        (role.ToolTipText, "text1"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "on_accent"),
        (role.Link, "info"),
    ):
        made.setColor(name, theme.color(token))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(group.Disabled, name, theme.color("text4"))
    return made


def dress(application: QApplication, theme: Theme) -> None:
    """Give the application its style; once, before the first window."""
    application.setStyle("fusion")
    application.setFont(theme.font("body"))
    application.setCursorFlashTime(_CARET_MS)
    redress(application, theme)


def redress(application: QApplication, theme: Theme) -> None:
    """Give it the colours of the theme as it is now; costs a pass over every widget."""
    application.setPalette(palette(theme))
    application.setStyleSheet(style_sheet(theme))
